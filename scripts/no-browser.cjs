// Stands in for bowser, which the AWS SDK holds to tell browsers apart: no function runs in one, and it is 34 KB.
module.exports = {};
