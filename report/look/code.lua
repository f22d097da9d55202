-- Quarto reads a variable in code as Markdown and makes its quotation marks curly: in a formula they
-- stand for a text, and are straight. Both renderers run this filter, so that both show the same.
local STRAIGHT = { ["\u{2018}"] = "'", ["\u{2019}"] = "'", ["\u{201c}"] = '"', ["\u{201d}"] = '"' }

function Code(code)
  code.text = code.text:gsub(utf8.charpattern, STRAIGHT)
  return code
end
