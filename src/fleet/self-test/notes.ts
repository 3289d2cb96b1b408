/** Source: Azure's own networking pages for compute instances, in a virtual network or without a public IP address. */
export const websocketNote =
  'Workspaces in a private network: Jupyter, terminals and VS Code reach an instance over websockets, so firewalls and proxies ' +
  'have to let websocket traffic (wss, port 443) to *.instances.azureml.net and *.instances.azureml.ms through. Where they do not, ' +
  'notebooks fail to connect although the instance runs, and it looks unused.';
