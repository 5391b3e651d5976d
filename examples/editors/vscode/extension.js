// Starts `safety-rules lsp` for the YAML files of a folder.
const { workspace } = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

exports.activate = () => {
  const command = workspace.getConfiguration("safetyRules").get("command");
  client = new LanguageClient(
    "safety-rules",
    { command, args: ["lsp"] },
    { documentSelector: [{ language: "yaml", scheme: "file" }] },
  );
  return client.start();
};

exports.deactivate = () => client && client.stop();
