/** What a view says about a task; where it fails at the question, what to do without.
 *
 * Tasks are foreign JSON: a view that trips over one must not take the page with it. The card says what is wrong when
 * the task is shown.
 */
export function guarded<Value>(without: Value, ask: () => Value | undefined): Value {
  try {
    return ask() ?? without;
  } catch (error) {
    console.error("prodflow: a view failed at a question about a task", error);
    return without;
  }
}
