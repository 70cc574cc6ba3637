import { Component, type ComponentChildren } from "preact";

interface BoundaryProps {
  /** In place of the children where one of them failed; `again` shows them once more. */
  readonly fallback: (error: Error, again: () => void) => ComponentChildren;
  readonly children?: ComponentChildren;
}

/** What fails inside it does not take the page with it. */
export class Boundary extends Component<BoundaryProps, { readonly error: Error | null }> {
  override state = { error: null };

  override componentDidCatch(error: unknown): void {
    console.error("prodflow: a part of the page failed", error);
    this.setState({ error: error instanceof Error ? error : new Error(String(error)) });
  }

  override render() {
    const { error } = this.state;
    return error === null ? this.props.children : this.props.fallback(error, () => this.setState({ error: null }));
  }
}
