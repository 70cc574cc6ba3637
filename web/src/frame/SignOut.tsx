import { words } from "../words";
import { useApp } from "./context";

/** The end of the cookie that says who somebody is, on a machine that others use too. What waits is sent
 * before; where that fails it stays here. */
export function SignOut() {
  const { notices, session } = useApp();
  const leave = async () => {
    await session.save(); // afterwards the server would not take them
    const reply = await fetch(new URL("logout", document.baseURI), { method: "POST" }).catch(() => null);
    if (reply?.ok === true) location.reload();
    else notices.add({ tone: "bad", text: words.notSignedOut, taskHash: null });
  };
  return (
    <button
      type="button"
      class="pf-link"
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => void leave()}
    >
      {words.signOut}
    </button>
  );
}
