# Mejl.
mail-hello = Hej!
mail-regards = Vänliga hälsningar
mail-reference = Referens { $reference }
mail-open-case = Öppna ärendet
mail-case-at = Du hittar ditt ärende här:
remedy-court = Du har också rätt att få saken prövad i domstol.
mail-complain = Säg det gärna till oss först, på { $email }, så tittar vi en gång till. Du kan klaga hos Integritetsskyddsmyndigheten (IMY), imy.se. { remedy-court }

mail-code-subject = Vi har tagit emot din begäran ({ $reference })
mail-code-received = Vi har tagit emot din begäran den { $date }.
mail-code-right = Vi har förstått att den gäller: { $right }.
mail-code-due = Du får svar utan onödigt dröjsmål och senast den { $due }.
mail-code-code = Visa att adressen är din med den här koden:
mail-code-link = Skriv in den på sidan för ditt ärende:
mail-code-withdraw = Stämmer något inte, eller har du ångrat dig? På samma sida kan du skriva till oss eller ta tillbaka begäran.
mail-code-not-you = Var det inte du? Då behöver du inte göra något. Utan koden händer inget.

mail-on-file-subject = En begäran om dina uppgifter ({ $reference })
mail-on-file-title = Någon har begärt något om dina uppgifter
mail-on-file-what = Vi har fått en begäran som gäller: { $right }.
mail-on-file-why = Du får mejlet eftersom vi har din adress sedan tidigare, och vill vara säkra på att det är du som frågar.
mail-on-file-code = Är det du? Använd den här koden:
mail-on-file-not-you = Är det inte du? Använd inte koden och ge den inte till någon. Svara gärna på mejlet, så tittar vi på det.

mail-plan-subject = Läs och svara innan vi raderar ({ $reference })
mail-plan-title = Läs igenom innan vi raderar
mail-plan-lead = Vi har gått igenom ditt ärende. Innan vi raderar något vill vi att du ser vad det betyder, och säger ja eller nej.
mail-plan-link = Se allt, också vad vi måste spara, och svara här:
mail-plan-button = Se och svara
mail-plan-nothing = Inget raderas förrän du har sagt ja.

mail-stopped-subject = Raderingen är stoppad ({ $reference })
mail-stopped-title = Raderingen är stoppad
mail-stopped-by-you = Du har stoppat raderingen.
mail-stopped-by-us = Vi har stoppat raderingen och tittar på ärendet igen. Vi hör av oss.
mail-stopped-nothing = Inget har raderats.

mail-done-subject = Svaret på din begäran om radering ({ $reference })
mail-done-title = Dina uppgifter är raderade
mail-done-lead = Du bad oss radera dina uppgifter. Här står vad som är borta, vad som finns kvar och varför, och vilka vi har meddelat.
mail-erased-on = raderat

mail-refused-subject = Svaret på din begäran ({ $reference })
mail-refused-title = Vi kan inte göra det du bad om
mail-refused-lead = Vi har prövat din begäran ({ $right }) och säger nej, helt eller delvis.
mail-refused-why = Skäl
mail-refused-next = Det här kan du göra

mail-granted-subject = Svaret på din begäran ({ $reference })
mail-granted-title = Vi har gjort det du bad om
mail-granted-lead = Vi har gjort det du bad om ({ $right }).
mail-granted-lead-partly = Vi har gjort en del av det du bad om ({ $right }).
mail-granted-refused = Det här har vi inte gjort, och varför
mail-granted-link = Se ärendet

mail-human-review-subject = Automatiserat beslut: svaret på din begäran ({ $reference })
mail-human-review-title = En människa har prövat beslutet
mail-human-review-lead = En av våra medarbetare har gått igenom det automatiserade beslutet, med det du har berättat, och har bestämt själv (artikel 22.3 i dataskyddsförordningen).
mail-human-review-outcome-changed = Utfall: beslutet är ändrat.
mail-human-review-outcome-upheld = Utfall: beslutet står fast, nu som en människas beslut.
mail-human-review-reasons = Skälen
mail-human-review-contest = Håller du inte med? Svara på ärendets sida eller skriv till oss, så prövar någon annan hos oss det du säger. Du kan också klaga hos Integritetsskyddsmyndigheten (IMY), imy.se, och du har rätt att få saken prövad i domstol.

mail-package-subject-access = Dina uppgifter är klara att hämta
mail-package-subject-portability = Din fil är klar att hämta
mail-package-lead-access = Kopian av dina uppgifter är klar. Den säger också vad vi använder dem till, varifrån de kommer, vilka som har fått dem och hur länge de sparas.
mail-package-lead-portability = Filen med de uppgifter du har rätt att ta med dig är klar, i öppna format (CSV och JSON).
mail-package-until = Du kan hämta den till och med { $date }, och i högst 14 dagar efter att du har hämtat den första gången. Därefter tar vi bort den.
mail-package-link = Hämta på ärendets sida, med koden vi mejlar dig
mail-package-more-access = Något som är fel kan du be oss rätta, och du kan be oss radera det vi inte måste spara.
mail-package-more-portability = I filen står vad som är med, vad som inte är det och varför. Vill du att vi skickar den direkt till ett annat företag? Svara på ärendets sida. Att du tar med dig uppgifterna betyder inte att vi raderar dem.
mail-package-partly = En del lämnas inte ut. Vad, varför och hur du kan få det prövat står på ärendets sida och i filen.

mail-merged-subject = Dina ärenden hanteras ihop ({ $reference })
mail-merged-title = Dina ärenden hanteras ihop
mail-merged-lead = Du har bett om samma sak mer än en gång ({ $right }).
mail-merged-into = Vi svarar på allt i ärende { $reference }, som kom in först. Svarsdatumet där gäller.

mail-withdrawn-subject = Din begäran är tillbakatagen ({ $reference })
mail-withdrawn-title = Din begäran är tillbakatagen
mail-withdrawn-lead = Din begäran ({ $right }) är tillbakatagen.
mail-withdrawn-nothing = Inget har ändrats. Du kan börja om när du vill.
mail-withdrawn-not-you = Var det inte du? Skriv till { $email }.

mail-no-data-subject = Svaret på din begäran ({ $reference })
mail-no-data-title = Vi behandlar inga personuppgifter om dig
mail-no-data-lead = Vi behandlar inga personuppgifter om dig.
mail-no-data-searched = Här har vi letat
mail-no-data-exception = Undantaget är det här ärendet, som vi sparar en tid för att kunna visa att vi har svarat.
mail-no-data-other = Kan du finnas hos oss under en annan adress eller ett kundnummer? Svara på mejlet, så letar vi igen.

mail-message-subject = Ett meddelande i ditt ärende ({ $reference })
mail-message-title = Ett meddelande till dig
mail-message-answer = Svara i ditt ärende:

mail-notice-reminder = Påminnelse:
mail-notice-reminder-lead = Vi har inte fått något svar än. Det tar tio sekunder.
mail-notice-open = Öppna länken. Där ser ni vem det gäller och svarar, utan inloggning:
mail-notice-code = Ni behöver den här koden:
mail-notice-no-reply = Svara inte på mejlet med personuppgifter.

mail-thanks-subject = Tack för svaret ({ $reference })
mail-thanks-lead = Vi tog emot ert svar den { $date }: { $outcome }.

# Avslutat utan identitet (artikel 11.2 och 12.4)
mail-lapsed-subject = Ditt ärende är avslutat ({ $reference })
mail-lapsed-title = Ditt ärende är avslutat
mail-lapsed-lead = Vi har avslutat din begäran ({ $right }), eftersom vi inte har kunnat kontrollera vem du är.
mail-lapsed-nothing = Vi får inte lämna ut, ändra eller radera uppgifter utan att veta att de är dina (artikel 11.2 och 12.6 i dataskyddsförordningen). Inget har ändrats.
mail-lapsed-again = Du kan begära på nytt när du vill, det kostar inget. Du kan också klaga hos Integritetsskyddsmyndigheten (IMY), imy.se, och du har rätt att få saken prövad i domstol.

# Tjänster i klartext
service-kind-domain = Domännamn
service-kind-web = Webbplats
service-kind-mail = E-post
service-kind-office = Kontorsprogram
service-kind-firewall = Brandvägg
service-kind-server = Server

mail-refused-next-steps = Du kan svara på ärendets sida, komplettera det du skrivit eller begära på nytt. Det kostar inget.
notice-basis-processor = Artikel 28.3 a och 19 i dataskyddsförordningen: ni behandlar uppgifterna för vår räkning.
notice-basis-controller = Artikel 19 i dataskyddsförordningen: vi har lämnat uppgifter till er och underrättar er om vad som har beslutats.

kept-reduced = { $what }, bara det som bokföringen kräver
