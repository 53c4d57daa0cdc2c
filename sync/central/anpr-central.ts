#!/usr/bin/env node
import { Command } from 'commander';
import { reportFaults } from '../../config/foundation/command-outcome.ts';
import { softwareVersion } from '../../config/foundation/software-version.ts';
import { decodeForDisplay } from '../../recognizer/picture/decode-for-display.ts';
import { addAuditCommand } from '../audit/audit-command.ts';
import { addBenchCommand } from './commands/bench.ts';
import { addContractCommand } from './commands/contract.ts';
import { addFleetCommand } from './commands/fleet.ts';
import { addHitsCommand } from './commands/hits.ts';
import { addKeygenCommand } from './commands/keygen.ts';
import { addListCommand } from './commands/list.ts';
import { addOnvifCommand } from './commands/onvif.ts';
import { addReportCommand } from './commands/report.ts';
import { addServeCommand } from './commands/serve.ts';
import { addWebUserCommand } from './commands/user.ts';

const program = new Command('anpr-central')
  .description('The centre: build, sign and publish black lists, receive hits')
  .version(softwareVersion())
  .showHelpAfterError();
addKeygenCommand(program);
addListCommand(program);
addFleetCommand(program);
addHitsCommand(program, { decodePicture: decodeForDisplay });
addReportCommand(program);
addServeCommand(program);
addWebUserCommand(program);
addContractCommand(program);
addOnvifCommand(program);
addAuditCommand(program);
addBenchCommand(program);
await reportFaults('anpr-central', () => program.parseAsync());
