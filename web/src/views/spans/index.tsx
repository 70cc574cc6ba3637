/** `{"text", "spans"?}`: a text with spans that may overlap, to accept or reject. */
export { spans as view } from "../../spans/view";
