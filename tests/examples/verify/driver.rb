require_relative "verify"

puts genuine?(ENV.fetch("WEBHOOK_SECRET"), *ARGV, $stdin.binmode.read) ? "genuine" : "forged"
