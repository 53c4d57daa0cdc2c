import type { Command } from 'commander';
import { Fault } from '../../config/foundation/fault.ts';

/** One thing that a command can do, and the options that say something to it. */
export interface OptionUse {
  readonly name: string;
  readonly takes: readonly string[];
}

/** What a command can do, and which options say something only together or only apart. */
export interface OptionUses<Use extends string> {
  /** Of the fault when an option is refused. */
  readonly code: string;
  readonly uses: Readonly<Record<Use, OptionUse>>;
  /** What is asked for, by the options that were given. */
  useOf(given: (name: string) => boolean): Use;
  /** Options that say nothing where the other is not given. */
  readonly needs?: Readonly<Record<string, string>>;
  /** Options that say nothing where the other is given. */
  readonly idleBeside?: Readonly<Record<string, string>>;
}

/** Refuses options that say nothing to what was asked, rather than pass over them. Fault: the table's `code`. */
export function refuseUnusedOptions<Use extends string>(command: Command, table: OptionUses<Use>): void {
  const given = (name: string) => command.getOptionValueSource(name) === 'cli';
  const told = (name: string) => command.options.find((option) => option.attributeName() === name)?.long ?? name;
  const { code, uses, needs = {}, idleBeside = {} } = table;
  const use = table.useOf(given);
  for (const name of command.options.map((option) => option.attributeName()).filter(given)) {
    const refuse = (why: string) => new Fault(code, `${told(name)} says nothing ${why}`);
    if (!uses[use].takes.includes(name)) {
      const takers = (Object.values(uses) as OptionUse[]).filter(({ takes }) => takes.includes(name));
      throw refuse(`to ${uses[use].name}; it belongs to ${takers.map((one) => one.name).join(', ')}`);
    }
    const [needed, other] = [needs[name], idleBeside[name]];
    if (needed !== undefined && !given(needed)) throw refuse(`without ${told(needed)}; say both or neither`);
    if (other !== undefined && given(other)) throw refuse(`beside ${told(other)}; say one of them`);
  }
}
