-- The report's plain boxes, ::: {.notes} and ::: {.keypoints}: a class is enough for HTML, the PDF
-- needs a call of the function of that name in style.typ. Both renderers run this filter.
function Div(div)
  local name = div.classes:includes("notes") and "notes"
    or div.classes:includes("keypoints") and "keypoints"
  if name and FORMAT:match("typst") then
    div.content:insert(1, pandoc.RawBlock("typst", "#" .. name .. "["))
    div.content:insert(pandoc.RawBlock("typst", "]"))
    return div.content
  end
end

-- The PDF's own title and authors, which Quarto's template leaves out.
function Meta(meta)
  if quarto and FORMAT:match("typst") then
    local function text(value) return '"' .. pandoc.utils.stringify(value):gsub('[\\"]', "\\%0") .. '"' end
    local names = {}
    for _, author in ipairs(meta["by-author"] or {}) do
      names[#names + 1] = text(author.name.literal)
    end
    quarto.doc.include_text("in-header",
      ("#set document(title: %s, author: (%s,))"):format(text(meta.title), table.concat(names, ", ")))
  end
end
