// What the site's pages bring for its scripts.
interface Window {
  gedigEngine: { worker: string; words: Record<string, any> };
  gedigModel?: Record<string, any>;
  gedigHeadings: { page: string; id: string; text: string; title: string; level: number }[];
  gedigModules: Record<string, string>;
  gedigWidgets: Record<string, { model: object; module: string }>;
}
