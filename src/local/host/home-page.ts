/** What `GET /` shows: the host runs, nothing else. */
export const HOME_PAGE = `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Function app is running</title></head>
<body><h1>The function app is running.</h1><p>Served by Lamplighter’s local host.</p></body>
</html>
`;
