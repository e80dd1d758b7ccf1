// graphql.mjs NODE: reads recorded exchanges with GitHub's GraphQL as a JSON list from standard input,
// writes a list of violations for each: of the query and its variables, and of the answer's data.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const modules = createRequire(join(process.argv[2], "package.json"));
const { buildSchema, parse, validate, executeSync } = modules("graphql");
const schema = buildSchema(readFileSync(join(process.argv[2], "node_modules/@octokit/graphql-schema/schema.graphql"), "utf8"), { assumeValid: true }); // it defines a field twice

// What the fake answered is executed as if it were the server's own data: a field of the wrong type, a
// null where none may be, or an unknown word of an enumeration is an error then. A type that the query
// did not ask for is any that has these fields.
function typeResolver(value, _context, info, abstract) {
  if (value.__typename) return value.__typename;
  const fits = (type) => Object.keys(value).every((name) => name in type.getFields());
  return info.schema.getPossibleTypes(abstract).find(fits)?.name;
}

function check({ path, asked, answer }) {
  if (!path.endsWith("/graphql")) return [];
  const { query, variables } = JSON.parse(asked);
  const document = parse(query);
  const wrong = validate(schema, document).map((e) => ["request.query", e.message]);
  if (wrong.length > 0) return wrong;
  const { data, errors } = JSON.parse(answer);
  if (!data) return errors?.length ? [] : [["response.body", "neither data nor errors"]];
  // a field that an alias renamed is found under its alias
  const fieldResolver = (source, _args, _context, info) => source[info.path.key];
  const got = executeSync({ schema, document, rootValue: data, variableValues: variables, fieldResolver, typeResolver });
  return (got.errors ?? []).map((e) => [e.path ? "response.data." + e.path.join(".") : "request.variables", e.message]);
}

const all = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(all.map(check)));
