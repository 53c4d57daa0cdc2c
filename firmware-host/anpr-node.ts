#!/usr/bin/env node
import { Command } from 'commander';
import { reportFaults } from '../config/foundation/command-outcome.ts';
import { softwareVersion } from '../config/foundation/software-version.ts';
import { addAuditCommand } from '../sync/audit/audit-command.ts';
import { addBenchCommand } from './commands/bench.ts';
import { addCheckCommand } from './commands/check.ts';
import { addConsoleCommand } from './commands/console.ts';
import { addDemoCommand } from './commands/demo.ts';
import { addEnrollCommand } from './commands/enroll.ts';
import { addEvaluateCommand } from './commands/evaluate.ts';
import { addReadCommand } from './commands/read.ts';
import { addRunCommand } from './commands/run.ts';
import { addConsoleUserCommand } from './commands/user.ts';

const program = new Command('anpr-node')
  .description('A roadside ANPR node: reads plates, matches them against black lists, sends hits and nothing else')
  .version(softwareVersion())
  .showHelpAfterError();
addRunCommand(program);
addDemoCommand(program);
addReadCommand(program);
addEvaluateCommand(program);
addBenchCommand(program);
addEnrollCommand(program);
addCheckCommand(program);
addConsoleCommand(program);
addConsoleUserCommand(program);
addAuditCommand(program);
await reportFaults('anpr-node', () => program.parseAsync());
