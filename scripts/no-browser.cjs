// Stands in for bowser, by which the AWS SDK tells browsers apart: no function runs in one, and it is 34 KB.
module.exports = {};
