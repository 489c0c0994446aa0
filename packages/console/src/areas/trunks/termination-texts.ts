import { defineTexts } from "../../i18n/language.tsx";

export const terminationTexts = defineTexts({
  en: {
    uri: "Termination SIP URI",
    uriHint:
      "Where your PBX sends calls to. Dashes are easier to read than dots; a name with a dot needs the trunk that its last part names.",
    domain: "Name",
    save: "Save",
    example: "Your PBX calls, for example,",
    authentication: "Authentication",
    authenticationHint:
      "Who may call over this trunk. At least one is needed. Credentials are recommended: there are attacks that an address alone does not stop.",
    nothing: "There is neither an IP access control list nor a credential list: every call over this trunk is refused.",
    both: "Both are set up: a call needs an address of the lists and the right user and password.",
    addressOnly:
      "Only addresses are looked at. Add a credential list, so that who can use such an address cannot call at your cost.",
    access: "IP access control lists",
    credentials: "Credential lists",
    none: "None on this trunk.",
    add: "Add a list",
    choose: "Choose a list",
    remove: "Remove",
    removeQuestion: "Remove this list from the trunk?",
    removeConsequence: "Calls that it let in are refused from then on. The list itself stays.",
    createAccess: "New list with an address",
    createCredentials: "New list with a user",
    address: "IP address of your PBX",
    user: "User name",
    password: "Password",
    passwordHint: "At least 12 characters with a digit, upper and lower case. It is never shown again.",
    name: "Name of the list",
    create: "Create and add",
    numbers: "Numbers",
    numbersHint: "Numbers are sent in E.164 form, with the plus: +12128675309. Others are refused with 400.",
    callerIdHint:
      "The caller ID is a number of this account or a verified one: of From, else of Remote-Party-ID or P-Asserted-Identity.",
  },
  ja: {
    uri: "ターミネーション SIP URI",
    uriHint:
      "PBX からの発信先です。読みやすさのため、ドットではなくダッシュを使ってください。ドットを含む名前には、上位の名前のトランクが必要です。",
    domain: "名前",
    save: "保存",
    example: "PBX からの発信例:",
    authentication: "認証",
    authenticationHint:
      "このトランクで発信できる相手です。少なくとも 1 つ必要です。IP アドレスだけでは防げない攻撃があるため、クレデンシャルの設定を推奨します。",
    nothing:
      "IP アクセスコントロールリストもクレデンシャルリストもありません。このトランクの通話はすべて拒否されます。",
    both: "両方が設定されています。リストにあるアドレスと、正しいユーザー名・パスワードの両方が必要です。",
    addressOnly: "アドレスのみで認証しています。不正利用を防ぐため、クレデンシャルリストを追加してください。",
    access: "IP アクセスコントロールリスト",
    credentials: "クレデンシャルリスト",
    none: "このトランクにはありません。",
    add: "リストを追加",
    choose: "リストを選択",
    remove: "外す",
    removeQuestion: "このリストをトランクから外しますか？",
    removeConsequence: "このリストで許可されていた通話は拒否されるようになります。リスト自体は残ります。",
    createAccess: "アドレスを指定して新規作成",
    createCredentials: "ユーザーを指定して新規作成",
    address: "PBX の IP アドレス",
    user: "ユーザー名",
    password: "パスワード",
    passwordHint: "12 文字以上で、数字・大文字・小文字を含めてください。再表示はされません。",
    name: "リストの名前",
    create: "作成して追加",
    numbers: "番号",
    numbersHint:
      "番号は必ずプラスを付けた E.164 形式（例: +12128675309）で送ってください。それ以外は 400 で拒否されます。",
    callerIdHint:
      "発信者番号は、このアカウントの番号または検証済みの番号です。From、なければ Remote-Party-ID または P-Asserted-Identity を使います。",
  },
});
