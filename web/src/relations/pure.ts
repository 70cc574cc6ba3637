import { type ComponentChild, Component, type FunctionComponent } from "preact";

/** A component that is drawn again only when one of its properties is another. */
export function pure<Props extends object>(render: (props: Props) => ComponentChild): FunctionComponent<Props> {
  class Pure extends Component<Props> {
    override shouldComponentUpdate(next: Props): boolean {
      const keys = Object.keys(next) as (keyof Props)[];
      return keys.some((key) => next[key] !== this.props[key]);
    }
    override render(props: Props): ComponentChild {
      return render(props);
    }
  }
  return Pure as unknown as FunctionComponent<Props>;
}
