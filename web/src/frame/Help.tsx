import { SafeHtml } from "../html/SafeHtml";
import { type Keymap, keyLabel } from "../state/keymap";
import type { Project } from "../types";
import type { KeyRow } from "../views/view";
import { words } from "../words";
import { useApp } from "./context";
import { Modal } from "./Modal";
import { buttonsOf, showsFlag } from "./wishes";

/** The recipe's instructions and the keys. */
export function Help({ project, keymap, rows: own }: { readonly project: Project; readonly keymap: Keymap; readonly rows: readonly KeyRow[] }) {
  const { dialog } = useApp();
  const rows: readonly KeyRow[] = [
    ...buttonsOf(project).map((name) => [words.answers[name], keymap[name]] as const),
    ...own,
    ...(showsFlag(project) ? [[words.keyRows.flag, keymap.flag] as const] : []),
    [words.keyRows.save, keymap.save],
    [words.keyRows.help, keymap.help],
    [words.keyRows.back, keymap.back],
  ];
  return (
    <Modal title={words.help} onClose={() => (dialog.value = null)}>
      {project.instructions !== null && (
        <section class="pf-instructions">
          <h3 class="pf-heading">{words.instructions}</h3>
          <SafeHtml html={project.instructions} />
        </section>
      )}
      <h3 class="pf-heading">{words.keys}</h3>
      <table class="pf-keys">
        <tbody>
          {rows.map(([what, keys]) => (
            <tr key={what}>
              <th scope="row">{what}</th>
              <td>
                {keys.map((key) => (
                  <kbd class="pf-key" key={key}>
                    {keyLabel(key)}
                  </kbd>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="pf-quiet">{words.swipe}</p>
    </Modal>
  );
}
