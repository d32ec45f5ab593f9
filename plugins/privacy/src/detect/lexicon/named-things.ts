/**
 * What is named after persons and places and is neither, folded: "Luther Bible", "Rhine Gorge", "Tran dynasty", "Nobel Prize". A row of capitalised words
 * with one of these at its end, or the first of them at its beginning, is no person. Written by hand.
 */
export const namedThings: ReadonlySet<string> = new Set(
  'center centre brotherhood gorge river valley lake bay gulf sea ocean strait channel canal desert plateau peninsula island islands archipelago mountains hills falls glacier volcano forest basin delta coast county district province region prefecture empire kingdom dynasty caliphate khanate republic colony territory parliament congress senate assembly council court commission union treaty agreement convention act bill amendment constitution declaration protocol bible gospel testament church cathedral abbey monastery temple mosque synagogue basilica palace castle tower bridge museum library theatre theater stadium arena airport station railway metro building monument memorial cemetery square school academy observatory laboratory war battle siege revolution rebellion uprising massacre crusade expedition movement reformation party bowl cup league championship tournament olympics prize award medal trophy festival series symphony concerto opera sonata album theorem conjecture hypothesis lemma theory law principle effect equation constant number function algorithm model test syndrome disease virus cell acid engine machine process method scale index formula paradox code language alphabet script calendar era age century period'.split(
    ' ',
  ),
)
export const leadingThings: ReadonlySet<string> = new Set(
  'fort mount lake cape port river gulf bay university parliament republic kingdom battle treaty super grammy'.split(
    ' ',
  ),
)
