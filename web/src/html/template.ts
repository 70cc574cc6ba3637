import Mustache from "mustache";

/** A Mustache template filled with the keys of a task. The result is not sanitised yet.
 *
 * Throws an Error with a message for the annotator when the template is broken.
 */
export function fill(template: string, values: Readonly<Record<string, unknown>>): string {
  try {
    return Mustache.render(template, values);
  } catch (error) {
    throw new Error(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
