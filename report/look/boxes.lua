-- What the PDF needs of a report's text, and the page does not. Both renderers run this filter.

local TYPST = FORMAT:match("typst")

-- The PDF's own title and authors, which Quarto's template leaves out; no moment of its making, so that
-- a report is the same bytes whenever it is made.
local function document(meta)
  local function text(value) return '"' .. pandoc.utils.stringify(value):gsub('[\\"]', "\\%0") .. '"' end
  local names = {}
  for _, author in ipairs(meta["by-author"] or {}) do
    names[#names + 1] = text(author.name.literal)
  end
  quarto.doc.include_text("in-header",
    ("#set document(title: %s, author: (%s,), date: none)"):format(text(meta.title), table.concat(names, ", ")))
end

-- The report's plain boxes, ::: {.notes} and ::: {.keypoints}: a class is enough for HTML, the PDF
-- needs a call of the function of that name in style.typ.
local function box(div)
  local name = div.classes:includes("notes") and "notes"
    or div.classes:includes("keypoints") and "keypoints"
  if name then
    div.content:insert(1, pandoc.RawBlock("typst", "#" .. name .. "["))
    div.content:insert(pandoc.RawBlock("typst", "]"))
    return div.content
  end
end

-- An image with a caption and no identifier has no number on the page; Quarto's PDF would count it.
local function unnumbered(figure)
  if figure.identifier ~= "" or not quarto then
    return nil
  end
  local caption = pandoc.utils.blocks_to_inlines(figure.caption.long)
  local open = '#figure(kind: "quarto-figure", supplement: none, numbering: none, caption: ['
  caption:insert(1, pandoc.RawInline("typst", open))
  caption:insert(pandoc.RawInline("typst", "])["))
  figure.content:insert(1, pandoc.Plain(caption))
  figure.content:insert(pandoc.RawBlock("typst", "]"))
  return pandoc.Div(figure.content) -- one cell, where it stands side by side with others
end

-- Pandoc has set the dashes and quotation marks that are meant so; what still is ASCII here was
-- escaped, as in the name of a class, and Typst would set it after all.
local function as_written(str)
  -- Quarto reads the identifiers of tables and equations from the text.
  if str.text:find("%-[-?]") and not str.text:find("{#", 1, true)
    or str.text:find("...", 1, true) or str.text:find("[\"']") then
    return pandoc.RawInline("typst", (str.text:gsub("%p", "\\%0")))
  end
end

return {
  { Meta = TYPST and quarto and document or nil },
  { Div = TYPST and box or nil, Figure = TYPST and unnumbered or nil, Str = TYPST and as_written or nil },
}
