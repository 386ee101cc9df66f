# System i skuggläge: personal raderar för hand, och planen jämförs med vad de gjorde.
attention-erase_by_hand = Radera för hand i system i skuggläge, som planen säger, och tryck sedan på ”Försök igen”. Stegen visar var något återstår.
action-settle = Låt det som gjordes för hand gälla
action-words-settle = Hur det skiljer sig från planen, och varför
trail-erased_by_hand_otherwise = Lät det som raderades för hand gälla, fast planen sade annat
plan-by-hand = { $system } är i skuggläge: där raderar vi för hand, och tjänsten jämför med planen.
