# The ground of an erasure, and what of it is refused.

erasure-ground = Grunden för raderingen
erasure-ground-no_longer_needed_17_1_a = Uppgifterna behövs inte längre för det de samlades in för (artikel 17.1 a i dataskyddsförordningen).
erasure-ground-consent_withdrawn_17_1_b = Samtycket är återkallat och inget annat ger oss rätt att ha uppgifterna (artikel 17.1 b i dataskyddsförordningen).
erasure-ground-objected_17_1_c = Du har invänt mot att vi använder uppgifterna (artikel 17.1 c i dataskyddsförordningen).
erasure-ground-unlawful_17_1_d = Uppgifterna har behandlats utan rätt (artikel 17.1 d i dataskyddsförordningen).
erasure-ground-legal_duty_17_1_e = En lag kräver att uppgifterna raderas (artikel 17.1 e i dataskyddsförordningen).
erasure-ground-child_service_17_1_f = Uppgifterna samlades in när en tjänst på nätet erbjöds ett barn (artikel 17.1 f i dataskyddsförordningen).
ground-standing-shown = gäller
ground-standing-once_services_end = gäller när personen sagt ja till att tjänsterna upphör
ground-standing-unshown = inget visar det, skriv varför

erasure-refused = Det här raderar vi inte, och varför
erasure-refused-next = Du kan svara på sidan för ditt ärende, komplettera eller begära igen. Det är gratis. Du kan också invända mot behandlingen eller begära att den begränsas.

plan-refused = Raderas inte: den delen avslås
plan-form = Gör en plan med annan grund, eller avslå en del
plan-form-ground = Grund för raderingen
plan-form-judge = Bedöms av det som är känt
plan-form-reason = Varför grunden gäller, som personen läser det
plan-form-contract = Personens avtal
plan-form-contract-ends = Tjänsterna upphör. Personen måste säga ja.
plan-form-contract-goes-on = Avtalet löper vidare. Det som behövs för det raderas inte:
plan-form-contract-reason = Varför avtalet löper vidare, som personen läser det
plan-form-refuse-hint = Avslå det som ett undantag i artikel 17.3 gäller. Personen får skälen, och vart den kan klaga.
plan-form-refuse = Del { $place } som avslås
effect-refuse = Avslås
case-approve-refuses = Avslår radering av { $count } rader.
staff-error-item = Det går inte att avslå just det. Välj en kategori eller tabell som annars skulle raderas, och bara en gång. Ta med det som raderna hör till.
staff-error-refused = Allt skulle avslås. Förbered ett avslag i stället.
staff-error-contract_goes_on = Skriv varför avtalet löper vidare.
staff-error-ground_reason = Inget visar att grunden gäller. Skriv varför den gör det.

purge-line-waiting = Väntar på svar
purge-awaited-by = Personen har begärt ut sina uppgifter och väntar på svar i:
case-awaited-by = Personen har begärt ut sina uppgifter. Raderingen börjar av sig själv när det är besvarat:
customer-case-waits-for-data = Vi raderar inget förrän du har fått svar på din begäran om dina uppgifter.
trail-erasure_waits = Raderingen väntar på att personen får ut sina uppgifter
trail-purge_line_waits = Gallringen väntar på att personen får ut sina uppgifter

plan-offers = Innan du säger ja
plan-transfer-ask = Be om koder för att flytta domänen
plan-transfer-asked = Har du bett om koder skickar vi dem till dig. Säg inte ja förrän domänen har flyttat.
plan-keep-services = Utan ditt ja raderar vi inget som avtalet behöver. Vill du behålla tjänsterna? Skriv till oss här nedanför, så raderar vi bara det som avtalet inte behöver.
flash-transfer_asked = Vi skickar koderna till dig. Säg inte ja förrän domänen har flyttat.
event-transfer_asked = Du bad om koder för att flytta domänen
trail-transfer_asked = Bad om koder för att flytta domännamn före raderingen
attention-transfer_asked = Personen vill flytta domännamn först: skicka koderna
