// Tells of pages whether they are valid HTML: reads one page a line, as a JSON string, answers with a line, a JSON list
// of what is wrong with it. One process for all pages, because starting it takes as long as looking at fifty of them.

import { readFileSync } from "node:fs";
import readline from "node:readline";
import { HtmlValidate, StaticConfigLoader } from "html-validate";

const config = JSON.parse(readFileSync(process.argv[2], "utf-8"));
// It cannot be told that ids of stored files go by the name of the input for more of them; scripts.TWICE looks at names.
config.rules["form-dup-name"] = "off";
const validator = new HtmlValidate(new StaticConfigLoader(config));

for await (const line of readline.createInterface({ input: process.stdin })) {
  const page = JSON.parse(line);
  const lines = page.split("\n");
  const { results } = await validator.validateString(page);
  const found = results.flatMap((each) => each.messages).map((each) =>
    `${each.ruleId}: ${each.message}, at ${each.column} of: ${lines[each.line - 1].trim().slice(0, 200)}`);
  process.stdout.write(`${JSON.stringify(found)}\n`);
}
