/** `{"text", "spans"?, "tokens"?}`: one tag for each token, given by hand. */
export { posManual as view } from "../../spans/view";
