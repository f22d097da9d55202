-- Stops Quarto's render, of whichever format, at a reference, citation or variable that leads nowhere:
-- Quarto itself prints a mark in its place and is content. Runs behind Quarto's own filters.

local function source()
  local path = quarto.doc.input_file
  local file = io.open(path, "rb")
  local text = file and file:read("a") or ""
  if file then file:close() end
  local root = quarto.project and quarto.project.directory
  return root and pandoc.path.make_relative(path, root) or path, text
end

-- The line in which a word first stands, if it is in the document and not in one that it includes.
local function line_of(word, text)
  local start = 1
  while true do
    local from, to = text:find(word, start, true)
    if not from then
      return ""
    elseif not text:sub(to + 1):find("^[%w_-]") then
      local _, before = text:sub(1, from):gsub("\n", "")
      return ":" .. before + 1
    end
    start = to + 1
  end
end

function Pandoc(doc)
  if not quarto then
    return nil
  end
  local known, faults, seen = {}, {}, {}
  for _, reference in ipairs(pandoc.utils.references(doc)) do
    known[reference.id] = true
  end
  local function fault(word, message)
    if not seen[word] then
      seen[word] = true
      faults[#faults + 1] = { word, message }
    end
  end
  local function mark(el)
    for name in el.text:gmatch("%?@([%w_-]+)") do
      fault("@" .. name, "there is nothing numbered with this identifier")
    end
    for name in el.text:gmatch("%?var:([%w_.-]*[%w_])") do
      fault(name, "there is no such variable in _variables.yml")
    end
  end
  doc:walk({
    Str = mark,
    Code = mark,
    Math = mark,
    Cite = function(cite)
      for _, citation in ipairs(cite.citations) do
        if not known[citation.id] then
          fault("@" .. citation.id, "no such entry in the bibliography")
        end
      end
    end,
  })
  if #faults == 0 then
    return nil
  end
  local name, text = source()
  for _, found in ipairs(faults) do
    io.stderr:write(("error: %s%s: %s: %s\n"):format(name, line_of(found[1], text), found[1], found[2]))
  end
  os.exit(1)
end
