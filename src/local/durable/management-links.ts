/** Where the management API is and what its links carry. */
export type ManagementAddress = {
  readonly taskHub: string;
  readonly connection: string;
  /** The system key that links carry as `code`. It is shown, not checked: the listener is on loopback. */
  readonly code: string;
};

/** Segments in links are written as .NET's WebUtility does: blank as `+`, `~ ' $` escaped too. */
export function urlSegment(text: string): string {
  return encodeURIComponent(text)
    .replaceAll('%20', '+')
    .replace(/[~']/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}

function operations(origin: string, segment: string, address: ManagementAddress) {
  const query = `taskHub=${address.taskHub}&connection=${address.connection}&code=${address.code}`;
  const at = `${origin}/runtime/webhooks/durabletask/instances/${segment}`;
  return {
    statusQueryGetUri: `${at}?${query}`,
    sendEventPostUri: `${at}/raiseEvent/{eventName}?${query}`,
    terminatePostUri: `${at}/terminate?reason={text}&${query}`,
    rewindPostUri: `${at}/rewind?reason={text}&${query}`,
    purgeHistoryDeleteUri: `${at}?${query}`,
    restartPostUri: `${at}/restart?${query}`,
    suspendPostUri: `${at}/suspend?reason={text}&${query}`,
    resumePostUri: `${at}/resume?reason={text}&${query}`,
  };
}

/** Body of an accepted start. It offers no rewind. */
export function startLinks(origin: string, instanceId: string, address: ManagementAddress) {
  const { rewindPostUri: _, ...links } = operations(origin, urlSegment(instanceId), address);
  return { id: instanceId, ...links };
}

/** What a `durableClient` input binding receives. `origin` is the public one, `rpcOrigin` the loopback listener's. */
export function clientBinding(origin: string, rpcOrigin: string, address: ManagementAddress) {
  const base = `${origin}/runtime/webhooks/durabletask`;
  const start = `${base}/orchestrators/{functionName}[/{instanceId}]`;
  const code = `code=${address.code}`;
  return {
    taskHubName: address.taskHub,
    connectionName: null,
    creationUrls: {
      createNewInstancePostUri: `${start}?${code}`,
      createAndWaitOnNewInstancePostUri: `${start}?timeout={timeoutInSeconds}&pollingInterval={intervalInSeconds}&${code}`,
    },
    managementUrls: { id: 'INSTANCEID', ...operations(origin, 'INSTANCEID', address) },
    baseUrl: base,
    requiredQueryStringParameters: code,
    rpcBaseUrl: `${rpcOrigin}/durabletask/`,
    httpBaseUrl: null,
    maxGrpcMessageSizeInBytes: null,
    grpcHttpClientTimeout: null,
  };
}
