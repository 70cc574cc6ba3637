/** `{"text", "spans"?, "tokens"?}`: spans that share no token, marked by hand. */
export { nerManual as view } from "../../spans/view";
