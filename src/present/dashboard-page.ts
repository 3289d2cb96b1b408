/** The page without anything in it: the same text for everybody, so nothing in it needs escaping. */
export const dashboardPage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Lamplighter</title>
<link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Ccircle cx='8' cy='6' r='5' fill='%23e0a010'/%3E%3Cpath d='M6 11h4v4H6z' fill='%23777'/%3E%3C/svg%3E">
<link rel="stylesheet" href="/api/dashboard/style.css">
<script src="/api/dashboard/main.js" defer></script>
</head>
<body>
<noscript>This page needs JavaScript. The same facts are at /api/computes and on the command line.</noscript>
<header><h1>Lamplighter</h1><p id="notice" class="notice" role="status"></p></header>
<main id="page"></main>
</body>
</html>
`;
