# Delas av alla sidor.
skip-link = Hoppa till innehållet
language-switch = In English
footer-controller = Personuppgiftsansvarig
footer-contact = Kontakt
footer-dpo = Dataskyddsombud
footer-authority = Tillsynsmyndighet
footer-register = Vilka vi delar uppgifter med
footer-start = Dina rättigheter
imy-name = Integritetsskyddsmyndigheten (IMY)
imy-link = imy.se
organisation-number = organisationsnummer { $number }

right-access = Se mina uppgifter
right-rectification = Rätta mina uppgifter
right-erasure = Radera mina uppgifter
right-restriction = Pausa användningen
right-portability = Ta med mina uppgifter
right-objection = Invända
right-consent_withdrawal = Ta tillbaka samtycke
right-human_review = Få ett automatiskt beslut prövat

right-law-access = Tillgång
right-law-rectification = Rättelse
right-law-erasure = Radering
right-law-restriction = Begränsning
right-law-portability = Dataportabilitet
right-law-objection = Invändning
right-law-consent_withdrawal = Återkallat samtycke
right-law-human_review = Prövning av automatiserat beslut

right-line-access = Få en kopia av allt vi har om dig, och veta vad vi använder det till.
right-line-rectification = Något är fel eller saknas. Vi ändrar det.
right-line-erasure = Vi tar bort det vi inte måste spara enligt lag.
right-line-restriction = Vi sparar uppgifterna men låter dem vara, till exempel medan något utreds.
right-line-portability = Få det du har lämnat till oss som en fil du kan använda någon annanstans.
right-line-objection = Säg nej till reklam, eller till något vi gör som vi själva har bedömt att vi får göra.
right-line-consent_withdrawal = Du har sagt ja till något, till exempel nyhetsbrev, och ångrar dig.
right-line-human_review = Ett datorprogram har bestämt något som påverkar dig. En människa går igenom beslutet.

article-short = Artikel { $article }


level-A0 = E-postadressen du skrev in
level-A1 = En adress vi redan hade registrerad
level-A2 = Inloggad hos oss, eller ett extra bevis
level-A3 = Ett möte eller två extra bevis


outcome-erased = Raderat
outcome-erased_backups_until = Raderat, säkerhetskopior försvinner senare
outcome-no_data_found = Inga uppgifter hittades
outcome-restricted = Begränsat
outcome-rectified = Rättat
outcome-refused = Nej, uppgifterna behålls
outcome-partly = Delvis
outcome-need_more_identifiers = Fler kännetecken behövs
outcome-forwarded_to_subprocessors = Skickat vidare till underbiträden
outcome-wrong_recipient = Fel mottagare

told-awaited = Meddelad, svar inväntas
told-informed = Meddelad, avgör själv
told-impossible = Kunde inte meddelas
told-unanswered = Meddelad, har inte svarat
told-planned = Meddelas härnäst

optional = valfritt
errors-title = { $count ->
    [one] Det är en sak att rätta till
   *[other] Det är { $count } saker att rätta till
 }
until = till och med { $date }
no-end-date = tills vidare

error-title-403 = Du har inte tillgång till den här sidan
error-line-403 = Den kräver en annan roll, eller så har din inloggning gått ut.
error-title-404 = Sidan finns inte
error-line-404 = Kontrollera länken. Om den kom i ett mejl från oss: se till att hela länken följde med.
error-title-409 = Något hann ändras
error-line-409 = Ärendet ändrades medan du hade sidan öppen, eller så går det inte att göra just nu. Öppna det på nytt och försök igen.
error-title-410 = Länken gäller inte längre
error-line-410 = Koden eller länken är förbrukad. Be om en ny om du behöver det.
error-title-thinned = Handlingarna är borttagna
error-line-thinned = Ärendet är avslutat sedan länge. Det du skrev och det vi svarade är raderat, så att vi inte sparar mer än vi behöver. Vill du veta vad som hände med din begäran, eller göra en ny, så hjälper vi dig gärna.
error-title-422 = Vi förstod inte det du skickade
error-line-422 = Gå tillbaka, kontrollera uppgifterna och försök igen.
error-title-429 = Det blev många försök
error-line-429 = Vänta en stund och försök igen. Ditt ärende påverkas inte.
error-title-500 = Något gick fel hos oss
error-line-500 = Det är inte ditt fel. Försök igen om en stund. Hör du av dig till oss, nämn numret här nedanför.
error-title-503 = Vi är strax tillbaka
error-line-503 = Tjänsten svarar inte just nu. Försök igen om några minuter. En begäran du redan har skickat finns kvar.
error-incident = Händelsenummer
error-home = Till startsidan
error-contact = Du kan alltid nå oss på { $email }.
