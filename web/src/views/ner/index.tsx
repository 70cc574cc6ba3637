/** `{"text", "spans"?}`: a text with its spans, to accept or reject. */
export { ner as view } from "../../spans/view";
