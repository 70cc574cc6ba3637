/** `{"text", "spans"?, "tokens"?}`: tokens with their tags, to accept or reject. */
export { pos as view } from "../../spans/view";
