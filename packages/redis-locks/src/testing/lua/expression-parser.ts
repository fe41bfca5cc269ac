import {
  BINARY,
  call,
  type Expression,
  index,
  LOGIC,
  listOf,
  methodCall,
  UNARY,
  UNARY_BINDS,
} from './expressions.js'
import { type Token, tokens } from './lexer.js'
import { Scope } from './scope.js'
import type { Block } from './statements.js'
import { isTrue, LuaError, type LuaFunction, LuaTable, type LuaValue } from './values.js'

/** Reads expressions; what a function does is up to the parser of statements. */
export abstract class ExpressionParser {
  readonly #tokens: Token[]
  /** The functions of texts, for `text:sub(…)`. */
  readonly #library: LuaTable
  #at = 0

  constructor(source: string, library: LuaTable) {
    this.#tokens = tokens(source)
    this.#library = library
  }

  /** Everything up to `end`. */
  protected abstract blockUntilEnd(): Block

  protected get token(): Token {
    return this.#tokens[this.#at] as Token
  }

  protected is(text: string): boolean {
    const { type } = this.token
    return this.token.text === text && (type === 'sign' || type === 'keyword')
  }

  protected accept(text: string): boolean {
    const found = this.is(text)
    if (found) this.#at++
    return found
  }

  protected expect(text: string): void {
    if (!this.accept(text)) this.fail(`, expected ${text}`)
  }

  protected name(): string {
    if (this.token.type !== 'name') this.fail(', expected a name')
    return (this.#tokens[this.#at++] as Token).text
  }

  protected fail(detail = ''): never {
    throw new LuaError(`line ${this.token.line}: unexpected ${this.token.text}${detail}`)
  }

  protected expressions(): Expression[] {
    const all = [this.expression()]
    while (this.accept(',')) all.push(this.expression())
    return all
  }

  protected expression(limit = 0): Expression {
    let left = this.#unary()
    for (;;) {
      const sign =
        this.token.type === 'sign' || this.token.type === 'keyword' ? this.token.text : ''
      const [binds, rightBinds] = BINARY[sign] ?? LOGIC[sign] ?? [0, 0]
      if (binds <= limit) return left
      this.#at++
      left = combined(sign, left, this.expression(rightBinds))
    }
  }

  #unary(): Expression {
    const apply = this.token.type === 'text' ? undefined : UNARY[this.token.text]
    if (!apply) return this.#simple()
    this.#at++
    const value = this.expression(UNARY_BINDS)
    return { one: scope => apply(value.one(scope)) }
  }

  #simple(): Expression {
    const { type, text } = this.token
    if (type === 'number' || type === 'text') {
      this.#at++
      const value = type === 'number' ? Number(text) : text
      return { one: () => value }
    }
    if (this.accept('nil')) return { one: () => undefined }
    if (this.accept('true')) return { one: () => true }
    if (this.accept('false')) return { one: () => false }
    if (this.accept('...')) return { one: ({ rest }) => rest[0], all: ({ rest }) => rest }
    if (this.accept('function')) return this.functionBody()
    if (this.is('{')) return this.#table()
    return this.suffixed()
  }

  protected suffixed(): Expression {
    let value = this.#primary()
    for (;;) {
      const { line, type } = this.token
      const owner = value
      if (this.accept('.')) value = index(owner, constant(this.name()), this.#library)
      else if (this.accept('[')) {
        value = index(owner, this.expression(), this.#library)
        this.expect(']')
      } else if (this.accept(':')) {
        const [name, args] = [this.name(), this.#arguments()]
        value = methodCall(owner, name, args, { library: this.#library, line })
      } else if (this.is('(') || this.is('{') || type === 'text') {
        value = call(owner, this.#arguments(), line)
      } else return value
    }
  }

  #primary(): Expression {
    if (this.accept('(')) {
      const inner = this.expression()
      this.expect(')')
      return { one: scope => inner.one(scope) }
    }
    const name = this.name()
    return {
      one: scope => scope.get(name),
      assign: (scope, value) => scope.set(name, value),
    }
  }

  #arguments(): (scope: Scope) => LuaValue[] {
    if (!this.accept('(')) return listOf([this.#simple()])
    const args = this.is(')') ? [] : this.expressions()
    this.expect(')')
    return listOf(args)
  }

  protected functionBody(): Expression {
    this.expect('(')
    const names: string[] = []
    let takesMore = false
    while (!this.accept(')')) {
      if (this.accept('...')) takesMore = true
      else names.push(this.name())
      if (!this.is(')')) this.expect(',')
    }
    const body = this.blockUntilEnd()
    return {
      one: outer => {
        const run: LuaFunction = (...args) => {
          const scope = new Scope(outer, takesMore ? args.slice(names.length) : [])
          for (const [i, name] of names.entries()) scope.declare(name, args[i])
          const outcome = body(scope)
          return typeof outcome === 'object' ? outcome.values : []
        }
        return run
      },
    }
  }

  #table(): Expression {
    this.expect('{')
    const fields: [key: Expression, value: Expression][] = []
    const items: Expression[] = []
    while (!this.accept('}')) {
      const [{ type }, following] = [this.token, this.#tokens[this.#at + 1]]
      if (this.accept('[')) {
        const key = this.expression()
        this.expect(']')
        this.expect('=')
        fields.push([key, this.expression()])
      } else if (type === 'name' && following?.type === 'sign' && following.text === '=') {
        const key = constant(this.name())
        this.expect('=')
        fields.push([key, this.expression()])
      } else items.push(this.expression())
      if (!this.is('}') && !this.accept(';')) this.expect(',')
    }
    const list = listOf(items)
    return {
      one: scope => {
        const table = LuaTable.of(list(scope))
        for (const [key, value] of fields) table.set(key.one(scope), value.one(scope))
        return table
      },
    }
  }
}

const constant = (value: string): Expression => ({ one: () => value })

function combined(sign: string, left: Expression, right: Expression): Expression {
  if (sign === 'and' || sign === 'or') {
    const goesOn = sign === 'and'
    return {
      one: scope => {
        const value = left.one(scope)
        return isTrue(value) === goesOn ? right.one(scope) : value
      },
    }
  }
  const apply = BINARY[sign]?.[2]
  return { one: scope => apply?.(left.one(scope), right.one(scope)) }
}
