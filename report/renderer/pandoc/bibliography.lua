-- Puts the references in the order of their authors and years. The style could (and for Quarto does),
-- but citeproc loads Unicode's collation for it, which takes longer than all the rest.
function Div(div)
  if div.identifier == "refs" then
    local keys = {}
    for _, entry in ipairs(div.content) do
      keys[entry] = pandoc.text.lower(pandoc.utils.stringify(entry))
    end
    div.content:sort(function(a, b) return keys[a] < keys[b] end)
    return div
  end
end
