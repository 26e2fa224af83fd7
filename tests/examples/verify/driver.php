<?php

require __DIR__ . '/verify.php';

$body = file_get_contents('php://stdin');
echo is_genuine(getenv('WEBHOOK_SECRET'), $argv[1], $argv[2], $argv[3], $body) ? 'genuine' : 'forged', "\n";
