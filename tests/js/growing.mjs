// Grows every world it is given, and answers with what each step read and came to.

import { readFileSync } from "node:fs";

import { grow } from "../../gedig_edu/views/widgets/growing.js";

const answers = JSON.parse(readFileSync(0, "utf-8")).map(({ world, gates }) => grow(world.start, world.statements, gates));
process.stdout.write(JSON.stringify(answers));
