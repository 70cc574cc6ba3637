import { Component, type ComponentChildren } from "preact";

interface BoundaryProps {
  /** In place of the children where one of them failed; `again` shows them once more. */
  readonly fallback: (error: Error, again: () => void) => ComponentChildren;
  /** What is shown: when it is another, the failure of the one before counts no more. */
  readonly of?: unknown;
  readonly children?: ComponentChildren;
}

interface Failure {
  readonly error: Error;
  readonly of: unknown;
}

/** What fails inside it does not take the page with it. */
export class Boundary extends Component<BoundaryProps, { readonly failure: Failure | null }> {
  override state: { readonly failure: Failure | null } = { failure: null };

  override componentDidCatch(error: unknown): void {
    console.error("prodflow: a part of the page failed", error);
    const { of } = this.props;
    this.setState({ failure: { error: error instanceof Error ? error : new Error(String(error)), of } });
  }

  override render() {
    const { failure } = this.state;
    const { children, fallback, of } = this.props;
    if (failure === null || failure.of !== of) return children;
    return fallback(failure.error, () => this.setState({ failure: null }));
  }
}
