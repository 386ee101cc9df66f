# Paketet som personen får: rapporten och det som står i den.
report-title-access = Dina uppgifter hos oss
report-title-portability = Uppgifter att ta med dig
report-lead-access = Ja, { $name } behandlar personuppgifter om dig. Här står vilka, varför, varifrån de kommer, vilka som har fått dem och hur länge de sparas (artikel 15 i dataskyddsförordningen).
report-lead-portability = Det här är de uppgifter som du har lämnat till { $name } eller som har uppstått när du har använt tjänsterna, och som vi behandlar automatiserat med stöd av ditt samtycke eller vårt avtal (artikel 20 i dataskyddsförordningen).
report-files = Alla uppgifter ligger som filer i mappen data: CSV öppnas i kalkylprogram, JSON läses av andra program. I CSV står en apostrof framför värden som annars kunde köras som formler; i JSON står de exakt. Filen manifest.json har en kontrollsumma för varje fil.
report-what = Det här har vi
report-purposes = Ändamål och rättslig grund
report-source = Varifrån uppgifterna kommer
report-kept = Hur länge de sparas
report-rows = { $count ->
    [one] en post
   *[other] { $count } poster
}
report-kept-until = Måste sparas till och med { $date }
report-kept-between = Måste sparas till och med { $first } (den äldsta) och { $last } (den yngsta)
report-hosted = Innehållet är ditt eget: du är personuppgiftsansvarig för det och vi är biträde. Vi läser det inte. Du hämtar det själv i kundportalen, eller ber oss om en utlämning enligt vårt avtal.
report-in-files = Allt finns i:
report-more = Fler poster finns i filerna.
report-withheld = Det här lämnas inte ut
report-left-out = Det här är inte med, och varför
report-recipients = Vilka som har fått dina uppgifter
report-recipients-none = Ingen utanför vårt företag har fått dem.
report-country-unknown = landet framgår inte
report-safeguard = Uppgifterna lämnar EES. Skydd: { $what }
report-safeguard-missing = Uppgifterna lämnar EES. Fråga oss vilket skydd som gäller.
report-transfer-unknown = Det framgår inte om uppgifterna lämnar EES.
report-decisions = Automatiserade beslut
report-decisions-none = Inga beslut om dig fattas enbart av ett datorprogram (artikel 22).
report-decisions-review = Du kan begära att en människa prövar ett sådant beslut.
report-rights = Dina rättigheter
report-rights-text = Du kan begära att vi rättar eller raderar uppgifter, begränsar behandlingen eller lämnar ut dem för att flyttas, och du kan invända mot behandling och ta tillbaka samtycken. Kontaktuppgifter ändrar du själv i kundportalen.
report-complaint = Är du inte nöjd kan du klaga hos { $authority }. Du har också rätt att få saken prövad i domstol.
report-use = Så använder du filen
report-use-text = Filerna överst har namn som andra program ofta frågar efter, till exempel customer.json och orders.csv. Samma poster, och alla andra, ligger i mappen data.
report-transfer-text = Vill du att vi skickar uppgifterna direkt till ett annat företag? Svara på ärendets sida. Att du tar med dig uppgifterna betyder inte att vi raderar dem; det begär du särskilt.
recipients-no-answer = inget svar ännu
left-out-inferred = Det är slutsatser som vi har dragit, inte något du har lämnat eller som har uppstått när du använt tjänsterna.
left-out-basis = Behandlingen vilar varken på samtycke eller avtal, utan på en annan rättslig grund.
left-out-not_chosen = Behandlingen vilar på flera grunder, och samtycke eller avtal är inte det som bär den.
left-out-not_automated = Uppgifterna behandlas inte automatiserat.
left-out-by_hand = Uppgifterna lämnas ut på annat sätt, av en medarbetare.
legal-basis-contract = avtal, artikel 6.1 b
legal-basis-legal_obligation = rättslig förpliktelse, artikel 6.1 c
legal-basis-legitimate_interests = berättigat intresse, artikel 6.1 f
legal-basis-consent = samtycke, artikel 6.1 a
