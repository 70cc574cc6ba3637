/** `{"text", "spans"?, "tokens"?}`: spans that may overlap, marked by hand. */
export { spansManual as view } from "../../spans/view";
