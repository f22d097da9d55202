-- {{< artifact tables/comparison.html >}}: what the analysis wrote, as a block of its own.

local read = require("blocks")

return {
  artifact = function(args)
    local name = pandoc.utils.stringify(args[1] or "")
    local blocks, problem = read(name, pandoc.path.directory(quarto.doc.input_file))
    if not blocks then
      -- An error() would do, but its line drowns in the traces of Quarto's own filters.
      quarto.log.error("{{< artifact " .. name .. " >}}: " .. problem)
      os.exit(1)
    end
    return blocks
  end,
}
