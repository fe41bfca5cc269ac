import { settles } from '../settles.js'

/** What the nodes of a quorum said to one question. */
export interface Votes<Answer> {
  /** By node; `undefined` for those that did not answer in time. */
  readonly answers: (Answer | undefined)[]
  readonly failures: unknown[]
  /** By node: settles when nothing of the question is under way any more. */
  readonly pending: readonly Promise<unknown>[]
}

export const majorityOf = (nodes: number): number => Math.floor(nodes / 2) + 1

/**
 * Put a question to every node. Resolves as soon as a majority says yes, a majority has answered and can no longer say
 * yes, too few are left to answer, or `ms` are over. An answer that is neither yes nor no (`undefined`) decides nothing.
 */
export async function vote<Node, Answer>(
  nodes: readonly Node[],
  ms: number,
  question: (node: Node, index: number) => Promise<Answer>,
  isYes: (answer: Answer) => boolean | undefined,
): Promise<Votes<Answer>> {
  const answers: (Answer | undefined)[] = nodes.map(() => undefined)
  const failures: unknown[] = []
  const needed = majorityOf(nodes.length)
  const spare = nodes.length - needed
  let yes = 0
  let no = 0
  let decide = () => {}
  const decided = new Promise<void>(resolve => {
    decide = resolve
  })
  const count = () => {
    const isLost = no + failures.length > spare && yes + no >= needed
    if (yes >= needed || isLost || failures.length > spare) decide()
  }
  const pending = nodes.map(async (node, i) => {
    try {
      const answer = await question(node, i)
      answers[i] = answer
      const said = isYes(answer)
      if (said) yes++
      else if (said === false) no++
    } catch (failure) {
      failures.push(failure)
    }
    count()
  })
  await settles(Promise.race([decided, Promise.all(pending)]), ms, undefined)
  return { answers: [...answers], failures: [...failures], pending }
}

/** How many nodes answered. */
export const answered = (votes: Votes<unknown>): number =>
  votes.answers.filter(answer => answer !== undefined).length
