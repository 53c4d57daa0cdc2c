import type { Command } from 'commander';
import { addListAuditOption } from './list-audit.ts';
import { addBuildCommand } from './list-build.ts';
import { addDiffCommand } from './list-diff.ts';
import { addPublishCommand } from './list-publish.ts';
import { addRevokeCommand } from './list-revoke.ts';
import { addRotateCommand } from './list-rotate.ts';
import { addShowCommand } from './list-show.ts';

/** `anpr-central list`: build, show, compare, publish, rotate and revoke black lists. */
export function addListCommand(program: Command): void {
  const list = program.command('list').description('build, show, compare, publish, rotate and revoke black lists');
  addListAuditOption(list);
  for (const add of [
    addBuildCommand,
    addShowCommand,
    addDiffCommand,
    addPublishCommand,
    addRotateCommand,
    addRevokeCommand,
  ])
    add(list);
}
