import { dashboardPage } from '../../../present/dashboard-page.ts';
import type { WebAssets } from '../../../present/web-assets.ts';
import type { OpenRoute } from '../route.ts';

/** Nothing but our own two files may run or load in the page, and no other site may frame it. */
const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
const headers = { 'content-security-policy': pagePolicy, 'referrer-policy': 'no-referrer' };

/** The page's shell, script and style: the same for everybody; what it shows comes from the API with a sign-in. */
export const dashboard = (assets: WebAssets): readonly OpenRoute[] => [
  {
    name: 'httpDashboard',
    path: 'dashboard',
    summary: 'The dashboard page',
    contentType: 'text/html; charset=utf-8',
    answer: () => ({ body: dashboardPage, headers }),
  },
  {
    name: 'httpDashboardScript',
    path: 'dashboard/main.js',
    summary: 'The dashboard’s script',
    contentType: 'text/javascript; charset=utf-8',
    answer: () => ({ body: assets.script }),
  },
  {
    name: 'httpDashboardStyle',
    path: 'dashboard/style.css',
    summary: 'The dashboard’s style',
    contentType: 'text/css; charset=utf-8',
    answer: () => ({ body: assets.style }),
  },
];
