import { Component, type ComponentChild, type FunctionComponent } from "preact";

/** A component that is drawn anew only when one of its properties is another: for the rows of long lists. */
export function pure<Props extends object>(draw: (props: Props) => ComponentChild): FunctionComponent<Props> {
  class Pure extends Component<Props> {
    override shouldComponentUpdate(next: Props): boolean {
      const now = this.props as Props;
      const keys = new Set([...Object.keys(now), ...Object.keys(next)]) as Set<keyof Props>;
      return [...keys].some((key) => now[key] !== next[key]);
    }
    override render(): ComponentChild {
      return draw(this.props as Props);
    }
  }
  return Pure as unknown as FunctionComponent<Props>;
}
