-- The contents of a page of Quarto's, folded above its text for phones, where Quarto shows none. Runs
-- behind Quarto's own filters, which number the headings.

local DEPTH = 2 -- toc-depth, without the page's title

local function listed(blocks)
  local headings = pandoc.Blocks({})
  for _, block in ipairs(blocks) do
    if block.t == "Header" then
      headings:insert(pandoc.Header(block.level, pandoc.utils.stringify(block), { id = block.identifier }))
    end
  end
  local sections = pandoc.structure.make_sections(headings)
  return pandoc.structure.table_of_contents(sections, { toc_depth = DEPTH }):walk({
    Link = function(link)
      return pandoc.Link(link.content, link.target) -- the list beside the text has the identifiers
    end,
  })
end

function Pandoc(doc)
  if not (quarto and FORMAT:match("html")) or doc.meta.toc == false then
    return nil
  end
  local list = listed(doc.blocks)
  if list.t ~= "BulletList" or #list.content == 0 then
    return nil
  end
  doc.blocks:insert(1, pandoc.RawBlock("html",
    '<nav class="contents" aria-label="Contents, folded"><details><summary>Contents</summary>'))
  doc.blocks:insert(2, list)
  doc.blocks:insert(3, pandoc.RawBlock("html", "</details></nav>"))
  return doc
end
