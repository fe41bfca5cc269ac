import { ExpressionParser } from './expression-parser.js'
import { type Expression, listOf } from './expressions.js'
import { Scope } from './scope.js'
import { type Block, blockOf, loop, numericLoop, type Statement } from './statements.js'
import { isTrue, type LuaFunction } from './values.js'

/** Turns the text of a script into something that runs. Lua 5.1 without metatables and coroutines. */
export class Parser extends ExpressionParser {
  chunk(): Block {
    const block = this.#block()
    if (this.token.type !== 'end') this.fail()
    return block
  }

  #block(): Block {
    const statements: Statement[] = []
    while (!['end', 'else', 'elseif', 'until'].some(it => this.is(it))) {
      if (this.token.type === 'end') break
      const isLast = this.is('return') || this.is('break')
      statements.push(this.#statement())
      this.accept(';')
      if (isLast) break
    }
    return blockOf(statements)
  }

  protected blockUntilEnd(): Block {
    const block = this.#block()
    this.expect('end')
    return block
  }

  #statement(): Statement {
    if (this.accept('local')) return this.accept('function') ? this.#localFunction() : this.#local()
    if (this.accept('if')) return this.#if()
    if (this.accept('for')) return this.#for()
    if (this.accept('function')) return this.#globalFunction()
    if (this.accept('do')) {
      const body = this.blockUntilEnd()
      return scope => body(new Scope(scope))
    }
    if (this.accept('while')) {
      const condition = this.expression()
      this.expect('do')
      const body = this.blockUntilEnd()
      return loop(scope => (isTrue(condition.one(scope)) ? body(new Scope(scope)) : 'break'))
    }
    if (this.accept('repeat')) {
      const body = this.#block()
      this.expect('until')
      const condition = this.expression()
      return loop(scope => {
        const inner = new Scope(scope)
        return body(inner) ?? (isTrue(condition.one(inner)) ? 'break' : undefined)
      })
    }
    if (this.accept('break')) return () => 'break'
    if (this.accept('return')) {
      const ends = ['end', 'else', 'elseif', 'until', ';'].some(it => this.is(it))
      const values = listOf(ends || this.token.type === 'end' ? [] : this.expressions())
      return scope => ({ values: values(scope) })
    }
    return this.#assignmentOrCall()
  }

  #local(): Statement {
    const names = [this.name()]
    while (this.accept(',')) names.push(this.name())
    const values = listOf(this.accept('=') ? this.expressions() : [])
    return scope => {
      const computed = values(scope)
      for (const [i, name] of names.entries()) scope.declare(name, computed[i])
    }
  }

  #localFunction(): Statement {
    const name = this.name()
    const fn = this.functionBody()
    return scope => {
      scope.declare(name, undefined)
      scope.declare(name, fn.one(scope))
    }
  }

  #globalFunction(): Statement {
    const name = this.name()
    const fn = this.functionBody()
    return scope => {
      scope.set(name, fn.one(scope))
      return undefined
    }
  }

  #if(): Statement {
    const cases: [condition: Expression, body: Block][] = []
    do {
      const condition = this.expression()
      this.expect('then')
      cases.push([condition, this.#block()])
    } while (this.accept('elseif'))
    const otherwise = this.accept('else') ? this.#block() : undefined
    this.expect('end')
    return scope => {
      const chosen = cases.find(([condition]) => isTrue(condition.one(scope)))?.[1] ?? otherwise
      return chosen?.(new Scope(scope))
    }
  }

  #for(): Statement {
    const names = [this.name()]
    if (this.accept('=')) {
      const range = this.expressions()
      this.expect('do')
      return numericLoop(names[0] ?? '', listOf(range), this.blockUntilEnd())
    }
    while (this.accept(',')) names.push(this.name())
    this.expect('in')
    const iterator = listOf(this.expressions())
    this.expect('do')
    const body = this.blockUntilEnd()
    return scope => {
      const [next, state, first] = iterator(scope)
      let control = first
      return loop(outer => {
        const values = (next as LuaFunction)(state, control)
        control = values[0]
        if (control === undefined) return 'break'
        const inner = new Scope(outer)
        for (const [i, name] of names.entries()) inner.declare(name, values[i])
        return body(inner)
      })(scope)
    }
  }

  #assignmentOrCall(): Statement {
    const targets = [this.suffixed()]
    if (!this.is('=') && !this.is(',')) {
      const [{ all } = {} as Expression] = targets
      if (!all) this.fail()
      return scope => void all?.(scope)
    }
    while (this.accept(',')) targets.push(this.suffixed())
    this.expect('=')
    const values = listOf(this.expressions())
    return scope => {
      const computed = values(scope)
      for (const [i, target] of targets.entries()) target.assign?.(scope, computed[i])
    }
  }
}
