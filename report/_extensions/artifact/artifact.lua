-- {{< artifact tables/comparison.html >}}: the table that the analysis wrote, as a block of its own.

-- The PDF gets the table without its caption, which Typst would number; `inner-caption` is printed
-- above a table that stands alone and hidden inside a numbered one (report/pandoc/style.typ).
local function blocks_of(html)
  if not quarto.format.is_typst_output() then
    return { pandoc.RawBlock("html", '<div class="table-scroll">\n' .. html .. "</div>") }
  end
  local caption = html:match("<caption[^>]*>(.-)</caption>")
  local blocks = { pandoc.RawBlock("html", (html:gsub("<caption.-</caption>", ""))) }
  if caption then
    local inner = pandoc.write(pandoc.read(caption, "html"), "typst")
    table.insert(blocks, 1, pandoc.RawBlock("typst", "#inner-caption[" .. inner .. "]"))
  end
  return blocks
end

return {
  artifact = function(args)
    local name = pandoc.utils.stringify(args[1] or "")
    local path = pandoc.path.join({ quarto.project.directory, "report", "_artifacts", name })
    local file = io.open(path)
    if file == nil then
      error("{{< artifact " .. name .. " >}}: there is no report/_artifacts/" .. name)
    end
    local html = file:read("a")
    file:close()
    return blocks_of(html)
  end,
}
