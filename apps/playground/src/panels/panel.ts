/** Something that must hold whatever is broken. */
export interface Kept {
  text: string
  kept: boolean
}

/** A button of a panel. */
export interface Action {
  /** What its body may have. */
  fields?: readonly string[]
  run(body: Record<string, unknown>): Promise<object>
}

/** One panel of the page: where its data comes from and what its buttons do. */
export interface Panel<Snapshot extends object = object> {
  readonly name: string
  readonly actions?: Readonly<Record<string, Action>>
  start?(): Promise<void>
  stop?(): Promise<void>
  /** The data now; rejects while Redis is away. */
  snapshot(): Promise<Snapshot>
}

/** The action cannot be done now; its sender is told why. */
export class NotNow extends Error {
  override readonly name = 'NotNow'
}
