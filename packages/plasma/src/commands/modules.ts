import { type Argument, encodeOptions, NO_KEYS, type Value } from './arguments.js'
import { ok, type Text, text, texts } from './replies.js'
import { type RawMap, shaped } from './reports.js'
import { type Mode, Sender } from './sender.js'

/** A module that is loaded. */
export interface ModuleInfo {
  name: Text
  version: number
  /** Redis 7. */
  path: Text
  /** Redis 7. */
  args: Text[]
}

/** Settings of the module, and arguments for it. */
export type ModuleOptions = {
  config?: Readonly<Record<string, Value>>
  args?: readonly Value[]
}

const LOAD = {
  config: (settings: Readonly<Record<string, Value>>): Argument[] =>
    Object.entries(settings).flatMap(([name, value]) => ['CONFIG', name, value]),
  args: (args: readonly Value[]): Argument[] => ['ARGS', ...args],
}

export abstract class Modules<M extends Mode> extends Sender<M> {
  /** The modules that are loaded. */
  moduleList() {
    return this.send('module', ['LIST'], NO_KEYS, (raw: RawMap[]) => raw.map(moduleInfo))
  }

  /** Load a module from a file of the server. */
  moduleLoad(path: string, ...args: Value[]) {
    return this.send<'OK'>('module', ['LOAD', path, ...args], NO_KEYS, ok)
  }

  /** Load a module with settings (Redis 7). */
  moduleLoadEx(path: string, options: ModuleOptions = {}) {
    const { args, config, ...unknown } = options
    const rest = encodeOptions({ ...unknown, config, args }, LOAD)
    return this.send<'OK'>('module', ['LOADEX', path, ...rest], NO_KEYS, ok)
  }

  /** Unload a module by its name. */
  moduleUnload(name: string) {
    return this.send<'OK'>('module', ['UNLOAD', name], NO_KEYS, ok)
  }

  /** A subcommand of MODULE in its positional form: `module('LIST')`. */
  module<Reply = unknown>(subcommand: string, ...args: Value[]) {
    return this.send<Reply>('module', [subcommand, ...args], NO_KEYS)
  }
}

function moduleInfo(raw: RawMap): ModuleInfo {
  const { name, ver, path, args } = shaped(raw)
  return {
    name: text(name),
    version: Number(ver),
    path: text(path ?? ''),
    args: texts((args as unknown[]) ?? []),
  }
}
