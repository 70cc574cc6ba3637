import type { VNode } from "preact";
import { useMemo, useRef } from "preact/hooks";
import type { Block, Document, Piece } from "./document";

interface SpanTextProps {
  readonly document: Document;
  /** How many lanes each block has room for below its lines. */
  readonly lanes: readonly number[];
  readonly dir: "auto" | "ltr" | "rtl";
}

/** The blocks of the text. What is drawn on them is no business of this: a block is made once, and again when it needs
 * more room between its lines. */
export function SpanText({ document, lanes, dir }: SpanTextProps) {
  const kept = useRef<{ readonly document: Document; readonly blocks: Map<string, VNode> }>({ document, blocks: new Map() });
  return useMemo(() => {
    if (kept.current.document !== document) kept.current = { document, blocks: new Map() };
    const now = new Map<string, VNode>();
    const vnodes = document.blocks.map((block, place) => {
      const name = `${place} ${lanes[place] ?? 1} ${dir}`;
      const vnode = kept.current.blocks.get(name) ?? <BlockText key={place} block={block} lanes={lanes[place] ?? 1} dir={dir} />;
      now.set(name, vnode);
      return vnode;
    });
    kept.current = { document, blocks: now };
    return <>{vnodes}</>;
  }, [document, lanes, dir]);
}

const LINE_LETTERS = 78;

function BlockText({ block, lanes, dir }: { readonly block: Block; readonly lanes: number; readonly dir: SpanTextProps["dir"] }) {
  const lines = Math.max(1, Math.ceil((block.to - block.from) / LINE_LETTERS));
  const style = { "--lanes": lanes, "--blank": block.blankLines, "--lines": lines };
  return (
    <div class="pf-span-block" style={style}>
      <div class="pf-span-words" dir={dir}>
        {block.pieces.map(pieceOf)}
      </div>
    </div>
  );
}

function pieceOf(piece: Piece) {
  if (piece.kind === "text") return piece.shown;
  if (piece.kind === "newline") {
    return (
      <span key={piece.from} class="pf-span-newline" aria-hidden="true">
        {piece.shown}
      </span>
    );
  }
  const { token } = piece;
  return (
    <span key={piece.from} class={`pf-span-token${token?.disabled ? " pf-span-token-off" : ""}`} style={token?.style ?? undefined}>
      {piece.shown}
    </span>
  );
}
