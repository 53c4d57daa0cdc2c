import { expect, it } from 'vitest';
import { nodeSettingsSchema } from '../../config/node-settings.ts';
import { parseYaml } from '../../config/yaml/read-yaml.ts';
import { toldProblems } from './told-problems.ts';

const told = (yaml: string) => toldProblems(parseYaml(yaml, nodeSettingsSchema({ folder: '/' })).problems ?? []);

it('tells the place of a problem, the setting, and what would be right', () => {
  expect(told('node: { id: a, site: b, country: DE }')).toContainEqual({
    ...{ line: 1, column: 34, key: 'node.country' },
    problem: expect.stringMatching(/^must be NL, BE, FR or LU/),
  });
  expect(told('log: { levle: info }')).toContainEqual(
    expect.objectContaining({ key: 'log', problem: 'is not a setting here; known are level' }),
  );
});

it.each([
  'broker: { url: "mqtts://anpr:hunter2@broker.example" }',
  'cameras: [{ name: a, source: { kind: rtsp, rtsp://anpr:hunter2@camera.example/ } }]',
  'cameras: [{ name: a, source: { kind: rtsp, hunter2: x } }]',
  'broker: { url: mqtts://broker.example, password: hunter2 }',
  'broker:\n  passwordFile: "hunter2" hunter2',
  'broker:\n  passwordFile: *hunter2',
  'broker: { passwordFile: hunter2',
  'hunter2',
  '- hunter2',
  `broker: { url: ["${'hunter2'.repeat(100)}"] }`,
  `${'hunter2'.repeat(1_000)}: 1`,
])('does not tell a password that stands in the wrong place: %s', (yaml) => {
  const problems = told(yaml);
  expect(problems.length).toBeGreaterThan(0);
  const text = JSON.stringify(problems);
  expect(text).not.toContain('hunter');
  for (const { problem } of problems) expect(String(problem).length).toBeGreaterThan(5);
  expect(Math.max(...problems.map((one) => JSON.stringify(one).length))).toBeLessThan(1_000);
});

it('tells why a file could not be read', () => {
  const whole = { line: null, column: null, key: '' };
  const message = "cannot be read: ENOENT: no such file or directory, stat '/etc/node.yaml'";
  expect(toldProblems([{ ...whole, message }])).toEqual([{ ...whole, problem: 'cannot be read: ENOENT' }]);
});
