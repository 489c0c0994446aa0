/** Of a list of Twilio's newer products. */
export type Meta = { readonly meta: { readonly next_page_url: string | null } };
/** Of a list of 2010-04-01. */
export type FlatPage = { readonly next_page_uri: string | null };
export type Paging = { readonly PageSize?: number };

type Fields = Readonly<Record<string, string | number | boolean | readonly string[] | null>>;
export type Get<Answer, Query = object> = { readonly query: Query; readonly body: undefined; readonly answer: Answer };
export type Post<Answer, Body = Fields> = { readonly query: object; readonly body: Body; readonly answer: Answer };
export type Delete = { readonly query: object; readonly body: undefined; readonly answer: undefined };
