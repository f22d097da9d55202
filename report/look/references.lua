-- Stops Quarto's render, of whichever format, at a reference, citation or variable that leads nowhere:
-- Quarto itself prints a mark in its place and is content. Runs behind Quarto's own filters.

local function contents(path)
  local file = io.open(path, "rb")
  local text = file and file:read("a") or ""
  if file then file:close() end
  return text
end

local INCLUDE = "^%s*{{<%s*include%s+([^%s>]+)%s*>}}%s*$"

-- The lines of a document, those of what it includes in their places: each with its file and number.
-- Quarto looks for a part from the document's folder, whichever part it is that includes.
local function lines_of(path, root, above, lines)
  local name = root and pandoc.path.make_relative(path, root) or path
  local number = 0
  for text in (contents(path) .. "\n"):gmatch("(.-)\r?\n") do
    number = number + 1
    local part = text:match(INCLUDE)
    local folder = part and part:match("^/") and root or pandoc.path.directory(quarto.doc.input_file)
    local included = part and (folder .. "/" .. part:gsub("^/+", "")):gsub("[^/]+/%.%./", "")
    if included and not above[included] then
      above[included] = true
      lines_of(included, root, above, lines)
      above[included] = nil
    else
      lines[#lines + 1] = { place = name .. ":" .. number, text = text }
    end
  end
  return lines
end

local function holds(text, word)
  local start = 1
  while true do
    local from, to = text:find(word, start, true)
    if not from then
      return false
    elseif not text:sub(to + 1):find("^[%w_-]") then
      return true
    end
    start = to + 1
  end
end

-- The file and the line in which a word first stands; the file alone where it is in none, as in
-- what the analysis has written.
local function place_of(word, lines)
  for _, line in ipairs(lines) do
    if holds(line.text, word) then
      return line.place
    end
  end
  return (lines[1].place:gsub(":%d+$", ""))
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
  local path = quarto.doc.input_file
  local lines = lines_of(path, quarto.project and quarto.project.directory, { [path] = true }, {})
  for _, found in ipairs(faults) do
    io.stderr:write(("error: %s: %s: %s\n"):format(place_of(found[1], lines), found[1], found[2]))
  end
  os.exit(1)
end
