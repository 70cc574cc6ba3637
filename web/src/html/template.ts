import Mustache from "mustache";
import { sanitise } from "./sanitise";

/** A Mustache template filled with the keys of a task. The result is not sanitised yet.
 *
 * Throws an Error with a message for the annotator when the template is broken.
 */
export function fill(template: string, values: Readonly<Record<string, unknown>>): string {
  return careful(() => Mustache.render(template, values));
}

/** The same for the recipe's own template, which may hold form controls: what a task brings into it raw, with three
 * braces, is sanitised on its way in, so that no control comes from there. */
export function fillTrusted(template: string, values: Readonly<Record<string, unknown>>): string {
  return careful(() => writer.render(template, values));
}

class CleaningWriter extends Mustache.Writer {
  override unescapedValue(token: string[], context: Mustache.Context): string {
    const value: unknown = context.lookup(token[1] ?? "");
    return value === undefined || value === null ? "" : sanitise(String(value));
  }
}

const writer = new CleaningWriter();

function careful(render: () => string): string {
  try {
    return render();
  } catch (error) {
    throw new Error(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
